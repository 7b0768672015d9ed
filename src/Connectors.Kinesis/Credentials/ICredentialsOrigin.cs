using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kinesis;

/// <summary>Where credentials are asked for.</summary>
internal interface ICredentialsOrigin
{
    /// <summary>Asks for credentials.</summary>
    /// <param name="refused">Whether the last ones were refused, so that nothing that is remembered will do.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any longer.</param>
    /// <exception cref="RetriableException">There are none now; there may be some later.</exception>
    /// <exception cref="ConnectException">There are none, and somebody has to change that; the message says what.</exception>
    Task<LoadedCredentials> LoadAsync(bool refused, CancellationToken cancellationToken);
}
