"""What the trained encoder reads and what its answers mean: shared by the training programme and the run time."""
