namespace Orleans.Runtime;

/// <summary>A reminder could not be registered or removed, because somebody else changed it.</summary>
public sealed class ReminderException(string message) : OrleansException(message);
