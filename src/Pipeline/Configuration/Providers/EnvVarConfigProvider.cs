using System.Text.RegularExpressions;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary><c>${env:AWS_REGION}</c>: an environment variable of the worker whose name matches the allow-list.</summary>
internal sealed class EnvVarConfigProvider : IConfigProvider
{
    public const string AllowListKey = "allowlist.pattern";

    private readonly Regex _allowed;

    /// <param name="provider">The provider's name, for messages.</param>
    /// <param name="allowList">
    /// A regular expression in Java's syntax that a variable's whole name must match; null for all.
    /// </param>
    /// <exception cref="ConfigException">The pattern cannot be compiled.</exception>
    public EnvVarConfigProvider(string provider, string? allowList)
    {
        try
        {
            _allowed = JavaRegex.CompileFullMatch(allowList ?? ".*");
        }
        catch (ArgumentException e)
        {
            throw new ConfigException($"config.providers.{provider}.param.{AllowListKey}", allowList,
                $"Invalid regex: {e.Message}");
        }
    }

    public Func<string, ProvidedValue> Open(string path)
        => path.Length == 0
            ? Read
            : throw new ConfigException($"Path is not supported for EnvVarConfigProvider, invalid value '{path}'");

    private ProvidedValue Read(string name)
    {
        if (name.Length == 0)
            return ProvidedValue.None("it names no environment variable");
        if (!_allowed.IsMatch(name))
            return ProvidedValue.None($"the provider's {AllowListKey} does not match {name}");
        return Environment.GetEnvironmentVariable(name) is { } value
            ? ProvidedValue.Of(value)
            : ProvidedValue.None($"the worker has no environment variable {name}");
    }
}
