"""The batch: tasks, workers, kernels, lock, results."""
