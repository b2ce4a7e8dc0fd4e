"""`make smoke`: asks a deployed stage questions, as people would, and cleans up after itself."""
