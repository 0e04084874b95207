"""Text as the engine sees it: plain text, words, vectors and the reasons two texts look alike. Pure; no scikit-learn."""
