using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Reminders;

namespace Orleans.Hosting;

/// <summary>Registers reminders in memory, for tests.</summary>
public static class SiloBuilderReminderMemoryExtensions
{
    /// <summary>Reminders that are lost with the process.</summary>
    public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
    {
        builder.Services.AddSingleton<IReminderTable, MemoryReminderTable>();
        return builder;
    }
}
