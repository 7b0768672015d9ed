namespace Exports.Pipeline.Dates;

/// <summary>A piece of a pattern: a letter that is repeated, or text that stands for itself.</summary>
/// <param name="Letter">The letter; <c>\0</c> for text.</param>
/// <param name="Count">How often the letter is repeated.</param>
/// <param name="Text">The text; empty for a letter.</param>
internal readonly record struct JavaDateField(char Letter, int Count, string Text)
{
    /// <summary>Whether it is text that stands for itself.</summary>
    public bool IsText => Letter == '\0';
}
