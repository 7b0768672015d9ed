using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Copies some fields of a class or struct; the others stay at their defaults.</summary>
internal sealed class FieldsPlan(Type type, FieldInfo[] fields) : CopyPlan
{
    private readonly ConstructorInvoker? _constructor = type.GetConstructor(Type.EmptyTypes) is { } constructor
        ? ConstructorInvoker.Create(constructor)
        : null;

    public override object Copy(object source, CopyContext context)
    {
        var copy = _constructor?.Invoke() ?? RuntimeHelpers.GetUninitializedObject(type);
        if (!type.IsValueType)
            context.Register(source, copy);

        foreach (var field in fields)
            field.SetValue(copy, context.Copy(field.GetValue(source)));

        return copy;
    }
}
