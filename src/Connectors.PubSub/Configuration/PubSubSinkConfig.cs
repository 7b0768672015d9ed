using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>The configuration of a Pub/Sub sink, parsed.</summary>
internal sealed class PubSubSinkConfig
{
    private PubSubSinkConfig(ParsedConfig config, ServiceEndpoint endpoint, CredentialChoice? credentials, int linger)
    {
        Topic = new(config.GetString(PubSubKeys.Project), config.GetString(PubSubKeys.Topic));
        Endpoint = endpoint;
        EndpointIsOfEnvironment = config.GetBoolean(PubSubKeys.UseEmulator) && EmulatorHost is not null;
        Credentials = credentials;
        MaxMessages = config.GetInt(PubSubKeys.MaxBufferSize);
        MaxBytes = config.GetLong(PubSubKeys.MaxBufferBytes);
        Linger = TimeSpan.FromMilliseconds(linger);
        MaxOutstandingMessages = Bound(config.GetLong(PubSubKeys.MaxOutstandingMessages));
        MaxOutstandingBytes = Bound(config.GetLong(PubSubKeys.MaxOutstandingBytes));
        RequestTimeout = TimeSpan.FromMilliseconds(config.GetInt(PubSubKeys.RequestTimeout));
        TotalTimeout = TimeSpan.FromMilliseconds(config.GetInt(PubSubKeys.TotalTimeout));
        CompressFrom = config.GetBoolean(PubSubKeys.Compression) ? config.GetLong(PubSubKeys.CompressionThreshold) : null;
        PublishesMetadata = config.GetBoolean(PubSubKeys.PublishMetadata);
        PublishesHeaders = config.GetBoolean(PubSubKeys.PublishHeaders);
        SkipsUnfitHeaders = config.GetString(PubSubKeys.UnfitHeaders) == PubSubKeys.Skip;
        OrderingKey = Enum.Parse<OrderingKeySource>(config.GetString(PubSubKeys.OrderingKey), ignoreCase: true);
        BodyField = config.GetString(PubSubKeys.BodyName);
        WritesTextAsJson = PubSubKeys.Json.Equals(config.GetString(PubSubKeys.BodyFormat), StringComparison.OrdinalIgnoreCase);
    }

    public TopicName Topic { get; }

    public ServiceEndpoint Endpoint { get; }

    /// <summary>Whether the worker's environment says where the service is.</summary>
    public bool EndpointIsOfEnvironment { get; }

    /// <summary>Which credentials to send; null for none (emulator).</summary>
    public CredentialChoice? Credentials { get; }

    /// <summary>The most messages in one request.</summary>
    public int MaxMessages { get; }

    /// <summary>The most bytes of messages in one request.</summary>
    public long MaxBytes { get; }

    /// <summary>How long a message may wait for others.</summary>
    public TimeSpan Linger { get; }

    /// <summary>The most messages under way; null for no limit of the configuration.</summary>
    public long? MaxOutstandingMessages { get; }

    /// <summary>The most bytes under way; null for no limit of the configuration.</summary>
    public long? MaxOutstandingBytes { get; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; }

    /// <summary>How long a record is tried.</summary>
    public TimeSpan TotalTimeout { get; }

    /// <summary>The size in bytes from which requests are compressed; null for never.</summary>
    public long? CompressFrom { get; }

    public bool PublishesMetadata { get; }

    public bool PublishesHeaders { get; }

    /// <summary>Whether headers that Pub/Sub cannot hold are left out; else they are failures of their records.</summary>
    public bool SkipsUnfitHeaders { get; }

    public OrderingKeySource OrderingKey { get; }

    /// <summary>The field of a struct or map that becomes the message's data.</summary>
    public string BodyField { get; }

    /// <summary>Whether text without a schema is written as JSON, in quotes.</summary>
    public bool WritesTextAsJson { get; }

    private static string? EmulatorHost
        => Environment.GetEnvironmentVariable(PubSubKeys.EmulatorVariable) is { Length: > 0 } host ? host : null;

    /// <summary>Parses a connector's configuration.</summary>
    /// <param name="config">The whole configuration, placeholders resolved.</param>
    /// <exception cref="ConfigException">It cannot work; the message names the key.</exception>
    public static PubSubSinkConfig Parse(IReadOnlyDictionary<string, string> config)
    {
        var (parsed, errors) = Check(config);
        return errors.Count == 0 ? parsed! : throw new ConfigException(errors[0].Message);
    }

    /// <summary>Checks what concerns several keys.</summary>
    /// <returns>Key and message of each error.</returns>
    public static IReadOnlyList<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config) => Check(config).Errors;

    private static (PubSubSinkConfig? Config, List<(string Key, string Message)> Errors) Check(IReadOnlyDictionary<string, string> config)
    {
        var parsed = PubSubKeys.Definition.Parse(config);
        var errors = new List<(string, string)>();
        var linger = LingerOf(parsed, config, errors);
        var endpoint = EndpointOf(parsed, errors);
        var credentials = parsed.GetBoolean(PubSubKeys.UseEmulator) ? null : CredentialsOf(parsed, endpoint, errors);
        return (errors.Count > 0 ? null : new(parsed, endpoint!, credentials, linger), errors);
    }

    private static int LingerOf(ParsedConfig config, IReadOnlyDictionary<string, string> given, List<(string, string)> errors)
    {
        var linger = config.GetInt(PubSubKeys.Delay);
        if (!config.Has(PubSubKeys.MaxDelay))
            return linger;
        var alias = config.GetInt(PubSubKeys.MaxDelay);
        if (given.ContainsKey(PubSubKeys.Delay) && alias != linger)
        {
            errors.Add(Error(
                PubSubKeys.MaxDelay, alias, $"it is another name of {PubSubKeys.Delay}, which is {linger}; give one of the two"));
        }

        return alias;
    }

    private static ServiceEndpoint? EndpointOf(ParsedConfig config, List<(string, string)> errors)
    {
        var text = config.GetString(PubSubKeys.Endpoint);
        if (!config.GetBoolean(PubSubKeys.UseEmulator))
            return ServiceEndpoint.Parse(text, plaintext: false);
        if (EmulatorHost is { } emulator)
        {
            var parsed = ServiceEndpoint.Parse(emulator, plaintext: true);
            if (parsed is null)
            {
                errors.Add(Error(
                    PubSubKeys.UseEmulator, "true",
                    $"the worker's environment variable {PubSubKeys.EmulatorVariable} is '{emulator}'; allowed: host:port"));
            }

            return parsed;
        }

        var endpoint = ServiceEndpoint.Parse(text, plaintext: true);
        if (endpoint is { IsGoogle: true })
        {
            errors.Add(Error(
                PubSubKeys.UseEmulator, "true",
                $"it is not said where the emulator is: set {PubSubKeys.Endpoint}=host:port, or {PubSubKeys.EmulatorVariable} in "
                + "the worker's environment"));
        }

        return endpoint;
    }

    private static CredentialChoice? CredentialsOf(ParsedConfig config, ServiceEndpoint? endpoint, List<(string, string)> errors)
    {
        var given = new List<CredentialChoice>(2);
        foreach (var (key, form, onlyServiceAccounts) in PubSubKeys.CredentialKeys)
        {
            var text = form == CredentialForm.Json ? config.GetPasswordOrNull(key) : config.GetStringOrNull(key);
            // The original's default is an empty text, so configurations say so.
            if (!string.IsNullOrEmpty(text))
                given.Add(new(key, form, text, onlyServiceAccounts));
        }

        if (given.Count > 1)
        {
            errors.Add(Error(
                given[1].Key, ParsedConfig.HiddenPassword, $"credentials are given by {given[0].Key} as well; give one of the two"));
        }

        var choice = given.FirstOrDefault() ?? CredentialChoice.Worker;
        if (choice.Form != CredentialForm.Json && endpoint is { IsGoogle: false })
        {
            errors.Add(Error(
                PubSubKeys.Endpoint, endpoint.ToString(),
                "credentials that belong to the worker are sent to addresses under googleapis.com only. For another address, give "
                + $"{PubSubKeys.CredentialsJson}; for an emulator, set {PubSubKeys.UseEmulator}=true"));
        }

        return choice;
    }

    // The original's default for "no limit" is the largest number.
    private static long? Bound(long value) => value == long.MaxValue ? null : value;

    private static (string Key, string Message) Error(string key, object value, string message)
        => (key, new ConfigException(key, value, message).Message);
}
