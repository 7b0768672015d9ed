namespace Orleans.Runtime;

/// <summary>A reminder, as its grain knows it.</summary>
public interface IGrainReminder
{
    string ReminderName { get; }
}
