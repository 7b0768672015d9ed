namespace Exports.Grains;

/// <summary>Brings up all connectors.</summary>
public interface IConnectorStarter
{
    /// <summary>Has it done once more, in the background: connectors and tasks that have lost their activation get another. Harmless at any time.</summary>
    void StartAgain();
}
