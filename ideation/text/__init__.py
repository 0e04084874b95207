"""Text as the engine sees it: plain text, words, vectors and why two texts look alike. Pure; no scikit-learn."""
