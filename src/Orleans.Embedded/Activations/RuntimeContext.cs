namespace Orleans.Runtime;

/// <summary>The activation that the current thread runs code of.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Activation? s_current;

    public static Activation? Current
    {
        get => s_current;
        set => s_current = value;
    }
}
