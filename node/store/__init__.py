"""The database: one file per thing. SQL stands here and nowhere else."""
