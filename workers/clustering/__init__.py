"""Duplicates, groups and themes of ideas: values in, values out. The only place that imports scikit-learn."""
