using Exports.Peers;

namespace Exports.Connectors.PubSub.Tests;

/// <summary>One peer for all tests of a class.</summary>
public sealed class PeerFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("exports-test-").FullName;

    public PubSubPeer Peer { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Peer = await PubSubPeer.StartAsync(_directory);

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
