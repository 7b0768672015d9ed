using System.Net;

namespace Exports.Silo.Configuration;

/// <summary>The cluster that the worker belongs to (<c>cluster.*</c>).</summary>
/// <param name="Redis">Its Redis, as StackExchange.Redis writes it; may hold a password.</param>
/// <param name="Id">Its name: workers with the same name and Redis are one cluster.</param>
/// <param name="Address">Where the other workers reach this one.</param>
/// <param name="Port">The port there; 0 for a free one.</param>
/// <param name="GatewayPort">The port there for processes that only answer requests; 0 for a free one.</param>
/// <param name="BalanceInterval">How often the load of the workers is looked at, and how long after one has come or gone at the earliest; zero for never.</param>
public sealed record ClusterConfig(string Redis, string Id, IPAddress Address, int Port, int GatewayPort, TimeSpan BalanceInterval);
