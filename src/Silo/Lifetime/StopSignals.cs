using System.Runtime.InteropServices;

namespace Exports.Silo.Lifetime;

/// <summary>
/// SIGTERM, SIGINT and SIGQUIT: the first one asks the worker to stop, the second one ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals()
        => _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Receive(context, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Receive(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Receive(context, 3)),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Asked => _asked.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _asked.Dispose();
    }

    private void Receive(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        // As a shell reports a process that a signal ended.
        if (_asked.IsCancellationRequested)
            Environment.Exit(128 + number);
        _asked.Cancel();
    }
}
