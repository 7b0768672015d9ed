namespace Orleans.Runtime;

/// <summary>What the classes that implement grain interfaces at run time derive from.</summary>
internal class GrainProxy : GrainReference;
