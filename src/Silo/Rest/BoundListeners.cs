using Exports.Silo.Configuration;

namespace Exports.Silo.Rest;

/// <summary>The listeners of a worker, whose ports are taken.</summary>
internal sealed class BoundListeners : IDisposable
{
    private readonly List<BoundListener> _all = [];

    private BoundListeners()
    {
    }

    /// <summary>Those of the API, at least one, and then those of <c>/admin</c> alone.</summary>
    public IReadOnlyList<BoundListener> All => _all;

    /// <summary>Those of the API; at least one.</summary>
    public IEnumerable<BoundListener> Public => _all.Where(listener => !listener.IsForAdmin);

    /// <summary>Takes the ports of all listeners, or of none.</summary>
    /// <param name="listeners">Where the API is served.</param>
    /// <param name="adminListeners">Where <c>/admin</c> alone is served.</param>
    /// <exception cref="WorkerStartException">A port cannot be had.</exception>
    public static BoundListeners Bind(IEnumerable<Listener> listeners, IEnumerable<Listener> adminListeners)
    {
        var bound = new BoundListeners();
        try
        {
            foreach (var listener in listeners)
                bound._all.Add(BoundListener.Bind(listener));
            foreach (var listener in adminListeners)
                bound._all.Add(BoundListener.Bind(listener, isForAdmin: true));
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
