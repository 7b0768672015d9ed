using Exports.Rest.Client;

namespace Exports.Import;

/// <summary>Creates connectors at the target, each stopped. What is there already is left as it is.</summary>
internal sealed class Creation(ConnectClient target)
{
    private const int Conflict = 409;

    /// <summary>Creates a connector that can run, or says why it need not or must not be created.</summary>
    public async Task<Assessment> CreateAsync(Assessment assessment, CancellationToken cancellationToken)
    {
        if (!assessment.CanRun)
            return assessment with { Done = "not created" };
        var (name, config) = (assessment.Connector.Name, assessment.Connector.Config);
        try
        {
            await target.CreateStoppedAsync(name, config, cancellationToken);
            return assessment with { Done = "created, STOPPED" };
        }
        catch (RefusedException e) when (e.Status == Conflict)
        {
            return await CompareAsync(name, config, cancellationToken) is { } difference
                ? assessment with { Done = difference, HasFailed = true }
                : assessment with { Done = "is here already" };
        }
        catch (RefusedException e)
        {
            return assessment with { Done = $"not created: {e.Message}", HasFailed = true };
        }
    }

    /// <summary>How the configuration differs from the one that is there; null when it does not.</summary>
    private async Task<string?> CompareAsync(string name, IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
    {
        var there = await target.FindConfigAsync(name, cancellationToken) ?? new Dictionary<string, string>();
        var keys = config.Keys.Union(there.Keys).Where(key => key != "name" && config.GetValueOrDefault(key) != there.GetValueOrDefault(key));
        var different = string.Join(", ", keys.Order(StringComparer.Ordinal));
        return different.Length == 0 ? null : $"is here already with another configuration, and was left as it is; different: {different}";
    }
}
