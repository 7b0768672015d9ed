// One test counts what the whole process allocates.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
