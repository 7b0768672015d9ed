namespace Orleans.Serialization;

/// <summary>How values of one type are copied.</summary>
internal abstract class CopyPlan
{
    /// <summary>For values that nobody can change.</summary>
    public static CopyPlan Shared { get; } = new SharedPlan();

    /// <summary>The value itself serves as its copy.</summary>
    public virtual bool Shares => false;

    public abstract object Copy(object source, CopyContext context);

    private sealed class SharedPlan : CopyPlan
    {
        public override bool Shares => true;

        public override object Copy(object source, CopyContext context) => source;
    }
}
