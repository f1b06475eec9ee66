"""Parameters and data as users keep them, checked and frozen."""
