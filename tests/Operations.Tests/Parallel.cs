// They wait for browsers, samplers and faults much longer than they compute.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
