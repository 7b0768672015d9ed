namespace Orleans.Runtime.Reminders;

internal sealed class RegisteredReminder(GrainId grain, string reminderName, string eTag) : IGrainReminder
{
    public GrainId Grain { get; } = grain;

    public string ReminderName { get; } = reminderName;

    public string ETag { get; } = eTag;
}
