using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A grain names a storage that is not registered.</summary>
public sealed class BadProviderConfigException(string msg) : OrleansException(msg);
