// Each test starts several processes, and looks at what they use.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
