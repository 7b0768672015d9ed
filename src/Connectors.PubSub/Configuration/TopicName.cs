namespace Exports.Connectors.PubSub;

/// <summary>A topic of Pub/Sub.</summary>
/// <param name="Project">The project's id or number.</param>
/// <param name="Topic">The topic's id within the project.</param>
internal sealed record TopicName(string Project, string Topic)
{
    /// <summary><c>projects/P/topics/T</c>, as the service names it.</summary>
    public string Resource { get; } = $"projects/{Project}/topics/{Topic}";

    /// <inheritdoc/>
    public override string ToString() => Resource;
}
