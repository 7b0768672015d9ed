namespace Exports.Connectors.Sdk;

/// <summary>How a <see cref="RequestSinkTask"/> keeps records with the same key in order.</summary>
public enum RequestOrder
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>
    /// For destinations that may accept some records of a request and refuse others: a key has one record under way at a
    /// time. Its next one is sent when that is in.
    /// </summary>
    SingleRecords,

    /// <summary>
    /// For destinations that accept a request as a whole and in order: a key has one request under way at a time, with as
    /// many of its records as fit, next to those of other keys.
    /// </summary>
    WholeRequests,

    /// <summary>As <see cref="WholeRequests"/>, and a request holds records of one key only. Records without a key go together.</summary>
    OneKeyARequest,
}
