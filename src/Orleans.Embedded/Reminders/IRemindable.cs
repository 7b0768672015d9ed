using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain that has reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>A reminder is due. Its next tick is not sent before this one has been answered.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
