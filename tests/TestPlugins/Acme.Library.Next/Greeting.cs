namespace Acme.Library;

/// <summary>What another version of the plugin finds in the version of the library that it brings.</summary>
public static class Greeting
{
    public static string Text => "hello from the library's second version";
}
