// Some tests set environment variables, and one counts what the whole process allocates.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
