using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Reminders;

namespace Orleans;

/// <summary>A grain's reminders. To be called from within the grain, which must be <see cref="IRemindable"/> to have any.</summary>
public static class GrainReminderExtensions
{
    /// <summary>Stores a reminder that outlives the activation and the process; one of that name is replaced.</summary>
    /// <param name="grain">The calling grain.</param>
    /// <param name="reminderName">Its name, unique in the grain.</param>
    /// <param name="dueTime">The time to the first tick, from zero on.</param>
    /// <param name="period">The time between ticks, at least <see cref="Hosting.ReminderOptions.MinimumReminderPeriod"/>.</param>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(
        this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
        return grain is IRemindable
            ? Service(grain).RegisterAsync(grain.GrainContext.GrainId, reminderName, dueTime, period)
            : throw new InvalidOperationException($"{grain.GetType()} must implement {nameof(IRemindable)} to have reminders.");
    }

    /// <summary>Removes a reminder; harmless when it is gone already.</summary>
    /// <exception cref="ReminderException">It was registered anew since it was read.</exception>
    public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return Service(grain).UnregisterAsync(reminder);
    }

    /// <summary>The reminder of that name, or null.</summary>
    public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
        return Service(grain).GetAsync(grain.GrainContext.GrainId, reminderName);
    }

    /// <summary>All reminders of the grain.</summary>
    public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) =>
        Service(grain).GetAllAsync(grain.GrainContext.GrainId);

    private static ReminderService Service(IGrainBase grain)
    {
        Activation.CheckAccess();
        return grain.GrainContext.ActivationServices.GetRequiredService<ReminderService>();
    }
}
