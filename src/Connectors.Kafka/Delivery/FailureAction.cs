namespace Exports.Connectors.Kafka;

/// <summary>What a failed record asks for. A later member outweighs an earlier one.</summary>
internal enum FailureAction
{
    /// <summary>Send everything that is undecided again, with a new producer.</summary>
    SendAgain,

    /// <summary>The same, in smaller sets: the broker refused a set for its size.</summary>
    SendAgainInSmallerSets,

    /// <summary>The same, each record by itself: the broker refused a set because of one of its records.</summary>
    SendAgainOneByOne,

    /// <summary>Hand everything that is undecided back to the pipeline.</summary>
    GiveUp,
}
