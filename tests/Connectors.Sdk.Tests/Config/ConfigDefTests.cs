using Exports.Connectors.Sdk;

namespace Exports.Connectors.Sdk.Tests;

public class ConfigDefTests
{
    private static readonly ConfigDef s_all =
    [
        new("flag", ConfigType.Boolean, "") { Default = "false" },
        new("text", ConfigType.String, "") { Default = "" },
        new("int", ConfigType.Int, "") { Default = "1" },
        new("short", ConfigType.Short, "") { Default = "2" },
        new("long", ConfigType.Long, "") { Default = "3" },
        new("double", ConfigType.Double, "") { Default = "4.5" },
        new("list", ConfigType.List, "") { Default = "a,b" },
        new("class", ConfigType.Class, "") { Default = null },
        new("password", ConfigType.Password, "") { Default = null },
    ];

    [Fact]
    public void Every_type_is_parsed_and_trimmed_as_Java_does()
    {
        var config = s_all.Parse(new Dictionary<string, string>
        {
            ["flag"] = " TRUE ",
            ["text"] = "\t\u0007 some text\u00A0 ",
            ["int"] = " -2147483648",
            ["short"] = "+32767 ",
            ["long"] = "9223372036854775807",
            ["double"] = "-1.5e-3",
            ["list"] = " a , b,,c ",
            ["class"] = " a.b.C ",
            ["password"] = " secret ",
            ["something.else"] = "is left out",
        });

        Assert.True(config.GetBoolean("flag"));
        Assert.Equal("some text\u00A0", config.GetString("text"));
        Assert.Equal(int.MinValue, config.GetInt("int"));
        Assert.Equal(short.MaxValue, config.GetShort("short"));
        Assert.Equal(long.MaxValue, config.GetLong("long"));
        Assert.Equal(-1.5e-3, config.GetDouble("double"));
        Assert.Equal(["a", "b", "", "c"], config.GetList("list"));
        Assert.Equal("a.b.C", config.GetClass("class"));
        Assert.Equal("secret", config.GetPassword("password"));
        Assert.Throws<ArgumentException>(() => config.Has("something.else"));
    }

    [Fact]
    public void Defaults_stand_in_for_what_is_not_given()
    {
        var config = s_all.Parse(new Dictionary<string, string>());

        Assert.False(config.GetBoolean("flag"));
        Assert.Equal("", config.GetString("text"));
        Assert.Equal(1, config.GetInt("int"));
        Assert.Equal((short)2, config.GetShort("short"));
        Assert.Equal(3L, config.GetLong("long"));
        Assert.Equal(4.5, config.GetDouble("double"));
        Assert.Equal(["a", "b"], config.GetList("list"));
        Assert.False(config.Has("password"));
        Assert.Null(config.GetPasswordOrNull("password"));
        Assert.Throws<ConfigException>(() => config.GetPassword("password"));
        Assert.Throws<ConfigException>(() => config.GetClass("class"));
    }

    [Fact]
    public void An_empty_list_has_no_items()
        => Assert.Empty(s_all.Parse(new Dictionary<string, string> { ["list"] = "  " }).GetList("list"));

    [Fact]
    public void A_key_asked_for_as_another_type_is_a_programming_error()
    {
        var config = s_all.Parse(new Dictionary<string, string>());

        Assert.Contains("is of type Int, not Long", Assert.Throws<ArgumentException>(() => config.GetLong("int")).Message);
        Assert.Contains("'nope' is not defined", Assert.Throws<ArgumentException>(() => config.GetInt("nope")).Message);
    }

    [Theory]
    [InlineData("flag", "yes", "Invalid value yes for configuration flag: Expected value to be either true or false")]
    [InlineData("flag", "", "Invalid value  for configuration flag: Expected value to be either true or false")]
    [InlineData("int", "x", "Invalid value x for configuration int: Not a number of type INT")]
    [InlineData("int", "2147483648", "Invalid value 2147483648 for configuration int: Not a number of type INT")]
    [InlineData("int", "1.0", "Invalid value 1.0 for configuration int: Not a number of type INT")]
    [InlineData("int", "1,000", "Invalid value 1,000 for configuration int: Not a number of type INT")]
    [InlineData("short", "32768", "Invalid value 32768 for configuration short: Not a number of type SHORT")]
    [InlineData("long", "9223372036854775808",
        "Invalid value 9223372036854775808 for configuration long: Not a number of type LONG")]
    [InlineData("double", "1,5", "Invalid value 1,5 for configuration double: Not a number of type DOUBLE")]
    public void A_value_of_the_wrong_type_is_refused(string key, string value, string message)
        => Assert.Equal(message,
            Assert.Throws<ConfigException>(() => s_all.Parse(new Dictionary<string, string> { [key] = value })).Message);

    [Fact]
    public void A_missing_required_key_is_named()
    {
        ConfigDef definition = [new("file", ConfigType.String, "")];

        var error = Assert.Throws<ConfigException>(() => definition.Parse(new Dictionary<string, string>()));

        Assert.Equal("Missing required configuration \"file\" which has no default value.", error.Message);
    }

    [Fact]
    public void Validation_finds_all_errors_in_the_order_of_the_keys()
    {
        ConfigDef definition =
        [
            new("a", ConfigType.String, ""),
            new("b", ConfigType.Int, "") { Default = "1", Check = ConfigChecks.AtLeast(1) },
            new("c", ConfigType.Int, "") { Default = "1", Check = ConfigChecks.AtLeast(1) },
            new("d", ConfigType.List, "") { Default = "x,y" },
        ];

        var values = definition.Validate(new Dictionary<string, string?> { ["b"] = "0", ["c"] = " many " });

        Assert.Equal(["a", "b", "c", "d"], values.Select(value => value.Name));
        Assert.Equal(["Missing required configuration \"a\" which has no default value."], values[0].Errors);
        Assert.Equal(["Invalid value 0 for configuration b: Value must be at least 1"], values[1].Errors);
        // What cannot be parsed is checked as null, as in the original.
        Assert.Equal(
            [
                "Invalid value  many  for configuration c: Not a number of type INT",
                "Invalid value null for configuration c: Value must be non-null",
            ],
            values[2].Errors);
        Assert.Empty(values[3].Errors);
        Assert.Equal([null, "0", " many ", "x,y"], values.Select(value => value.Value));
    }

    [Fact]
    public void A_null_is_checked_but_an_optional_value_that_is_not_given_is_not()
    {
        ConfigDef definition = [new("n", ConfigType.Int, "") { Default = null, Check = ConfigChecks.AtLeast(1) }];

        Assert.Empty(definition.Validate(new Dictionary<string, string?>())[0].Errors);
        Assert.Equal(
            ["Invalid value null for configuration n: Value must be non-null"],
            definition.Validate(new Dictionary<string, string?> { ["n"] = null })[0].Errors);
    }

    [Fact]
    public void Passwords_are_never_shown()
    {
        ConfigDef definition = [new("p", ConfigType.Password, "") { Check = _ => "Too weak" }];
        var config = new Dictionary<string, string?> { ["p"] = "hunter2" };

        var value = Assert.Single(definition.Validate(config));

        Assert.Equal("[hidden]", value.Value);
        Assert.Equal(["Invalid value [hidden] for configuration p: Too weak"], value.Errors);
        Assert.DoesNotContain("hunter2", Assert.Throws<ConfigException>(() => definition.Parse(config!)).Message);
        // A placeholder may have a part of the password beside it.
        Assert.Equal("[hidden]",
            definition.Validate(config, new Dictionary<string, string?> { ["p"] = "hunter${env:TWO}" })[0].Value);
    }

    [Fact]
    public void A_resolved_value_is_shown_as_its_placeholder()
    {
        ConfigDef definition =
        [
            new("n", ConfigType.Int, "") { Default = "1", Check = ConfigChecks.AtLeast(1) },
            new("m", ConfigType.Int, "") { Default = "1", Check = ConfigChecks.AtLeast(1) },
            new("t", ConfigType.String, ""),
        ];
        var resolved = new Dictionary<string, string?> { ["n"] = "s3cret", ["m"] = "-77", ["t"] = "s3cret" };
        var unresolved = new Dictionary<string, string?> { ["n"] = "${env:N}", ["m"] = "${env:M}", ["t"] = "${env:T}" };

        var values = definition.Validate(resolved, unresolved);

        Assert.Equal(["${env:N}", "${env:M}", "${env:T}"], values.Select(value => value.Value));
        Assert.Equal("Invalid value ${env:N} for configuration n: Not a number of type INT", values[0].Errors[0]);
        Assert.Equal(["Invalid value ${env:M} for configuration m: Value must be at least 1"], values[1].Errors);
    }

    [Fact]
    public void Recommendations_and_visibility_follow_the_other_values()
    {
        ConfigDef definition =
        [
            new("a", ConfigType.String, "") { Default = "x", Recommend = config => [config.GetValueOrDefault("b", "none")] },
            new("b", ConfigType.String, "") { Default = null, IsVisible = config => config.ContainsKey("a") },
        ];

        var values = definition.Validate(new Dictionary<string, string?> { ["b"] = "2", ["a"] = null });

        Assert.Equal(["2"], values[0].RecommendedValues);
        Assert.True(values[0].Visible);
        Assert.False(values[1].Visible);
    }

    [Fact]
    public void A_key_defined_twice_is_a_programming_error()
        => Assert.Throws<ArgumentException>(() => new ConfigDef { new("a", ConfigType.Int, ""), new("a", ConfigType.Int, "") });

    [Fact]
    public void A_default_makes_a_key_optional_even_when_it_is_null()
    {
        Assert.True(new ConfigKey("a", ConfigType.Int, "").IsRequired);
        Assert.False(new ConfigKey("a", ConfigType.Int, "") { Default = null }.IsRequired);
    }
}
