using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Exports.Bench.Rest;

/// <summary>
/// What the worker's REST API is compared with, on 127.0.0.1: <c>POST /</c> writes the body into SQLite, one durable row a
/// request with the settings of the worker's own file, and <c>GET /?bytes=N</c> answers so many bytes. Blocks for as long as
/// the process lives; says its port on standard output.
/// </summary>
internal static class RawRestServer
{
    public static void Run(string directory)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "raw.db")}");
        connection.Open();
        using (var create = connection.CreateCommand())
        {
            create.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE connectors (body BLOB NOT NULL)";
            create.ExecuteNonQuery();
        }

        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO connectors VALUES ($body)";
        var body = insert.Parameters.Add("$body", SqliteType.Blob);
        var one = new Lock();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/", async (HttpRequest request) =>
        {
            var bytes = new MemoryStream();
            await request.Body.CopyToAsync(bytes);
            lock (one)
            {
                body.Value = bytes.ToArray();
                insert.ExecuteNonQuery();
            }

            return Results.StatusCode(StatusCodes.Status201Created);
        });
        app.MapGet("/", (int bytes) => Results.Bytes(new byte[bytes], "application/json"));
        app.StartAsync().GetAwaiter().GetResult();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine("port " + new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        Thread.Sleep(Timeout.Infinite);
    }
}
