using Exports.Silo.Configuration;

namespace Exports.Silo.Rest;

/// <summary>The listeners of a worker, whose ports are taken.</summary>
internal sealed class BoundListeners : IDisposable
{
    private readonly List<BoundListener> _all = [];

    private BoundListeners()
    {
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<BoundListener> All => _all;

    /// <summary>Takes the ports of all listeners, or of none.</summary>
    /// <exception cref="WorkerStartException">A port cannot be had.</exception>
    public static BoundListeners Bind(IEnumerable<Listener> listeners)
    {
        var bound = new BoundListeners();
        try
        {
            foreach (var listener in listeners)
                bound._all.Add(BoundListener.Bind(listener));
            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    public void Dispose() => _all.ForEach(listener => listener.Dispose());
}
