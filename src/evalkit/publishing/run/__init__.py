"""The batch run: tasks, worker pool, kernels, lock, results."""
