namespace Exports.Demo.Run;

/// <summary>What the command line says.</summary>
/// <param name="Rate">Events a second.</param>
/// <param name="For">How long to generate; null until interrupted.</param>
/// <param name="Directory">Where state and files go, a full path.</param>
/// <param name="Port">The REST port on 127.0.0.1; 0 for a free one.</param>
internal sealed record DemoOptions(int Rate, TimeSpan? For, string Directory, int Port);
