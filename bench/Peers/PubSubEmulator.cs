using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Exports.Harness;

namespace Exports.Peers;

/// <summary>Google's Pub/Sub emulator where the machine has it, else Google's fake, which <c>install.sh</c> has built.</summary>
internal static class PubSubEmulator
{
    private const string Emulator = "/usr/lib/google-cloud-sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator";

    // As install.sh decides it.
    private static bool IsThere => Environment.GetEnvironmentVariable("EXPORTS_PUBSUB") != "pstest" && File.Exists(Emulator)
        && Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "java")));

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has its output.</exception>
    public static async Task<(ChildProcess Process, int Port)> StartAsync(string directory)
    {
        if (!IsThere)
        {
            var fake = ChildProcess.StartProgram(
                Path.Combine(Programs.Made("pstest", "pstest.go"), "pstest"), [], Programs.LogFile(directory, "pstest"));
            return (fake, (await Programs.PortsAsync(fake, "pstest"))["port"]);
        }

        for (var attempt = 1; ; attempt++)
        {
            // It does not say what port it gets for 0. A free one may be taken when it comes to it, and then it ends.
            var port = FreePort();
            var process = ChildProcess.StartProgram(
                Emulator,
                ["--host=127.0.0.1", "--port=" + port.ToString(CultureInfo.InvariantCulture)],
                Programs.LogFile(directory, "pubsub-emulator"),
                new Dictionary<string, string?> { ["JAVA_OPTS"] = "-Xmx1g -XX:+UseSerialGC" });
            try
            {
                await Programs.UntilUpAsync(process, "the Pub/Sub emulator", () => process.ReadLog().Contains("Server started") && Listens(port));
                return (process, port);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
