"""What makes the audit log provable: sequence, tree, checkpoints, and their verification."""
