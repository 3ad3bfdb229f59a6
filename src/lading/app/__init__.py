"""What users call: materialize, jobs, instances, loading; the only floor that knows engine, stores and history."""
