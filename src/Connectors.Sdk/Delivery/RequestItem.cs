namespace Exports.Connectors.Sdk;

/// <summary>What a <see cref="RequestSinkTask"/> needs to know of a record.</summary>
/// <param name="Bytes">Its weight in a request, in bytes; at least 0.</param>
/// <param name="Key">
/// A hash of what it is ordered by, or null when its order does not matter. Records whose hashes are equal by chance are kept in
/// order as well, which does no harm; under <see cref="RequestOrder.OneKeyARequest"/> they may meet in one request, which the
/// sink has to have split by throwing a <see cref="DataException"/>.
/// </param>
public readonly record struct RequestItem(long Bytes, long? Key);
