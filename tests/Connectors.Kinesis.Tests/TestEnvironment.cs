using System.Runtime.CompilerServices;
using Exports.Peers;

namespace Exports.Connectors.Kinesis.Tests;

/// <summary>What the default chain finds in this process: these keys, and nothing of the machine's own.</summary>
internal static class TestEnvironment
{
    public const string AccessKey = KinesisPeer.AccessKeyId;
    public const string SecretKey = KinesisPeer.SecretAccessKey;

    [ModuleInitializer]
    public static void Prepare()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsForAws).ToList())
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", SecretKey);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    private static bool IsForAws(string name) => name.StartsWith("AWS_", StringComparison.Ordinal);
}
