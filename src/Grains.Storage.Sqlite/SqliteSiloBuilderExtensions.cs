using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;

namespace Exports.Grains.Storage.Sqlite;

/// <summary>Keeps grains' state and reminders in a file.</summary>
public static class SqliteSiloBuilderExtensions
{
    /// <summary>
    /// Keeps grains' state and reminders in <c>exports.db</c> under a directory. The file is opened before anything else of
    /// the host starts, and closed after all of it has stopped; it belongs to one process at a time. When it cannot be used,
    /// the host's start fails with a <see cref="SqliteStorageException"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="dataDirectory">The directory; made when it is missing.</param>
    /// <param name="storageName">The name that <c>[PersistentState]</c> gives; "Default" also serves states that give none.</param>
    public static ISiloBuilder UseSqliteStorage(this ISiloBuilder silo, string dataDirectory, string storageName = "Default")
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentException.ThrowIfNullOrWhiteSpace(dataDirectory);
        silo.AddReminders();
        silo.Services.AddSingleton(services =>
            new StateFile(Path.GetFullPath(dataDirectory), services.GetRequiredService<ILogger<StateFile>>()));
        silo.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<StateFile>());
        silo.Services.AddGrainStorage(storageName, (services, _) => new SqliteGrainStorage(services.GetRequiredService<StateFile>()));
        silo.Services.Replace(ServiceDescriptor.Singleton<IReminderTable>(
            services => new SqliteReminderTable(services.GetRequiredService<StateFile>())));
        return silo;
    }
}
