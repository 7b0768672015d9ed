using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Exports.Harness;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Exports.Operations.Tests.Page;

/// <summary>The page, driven in a browser against a real worker: everything that an operator can do there, at a desk and on a phone.</summary>
public sealed class PageTests(Browser browser)
{
    public static TheoryData<int, ColorScheme> Screens => new()
    {
        { 1280, ColorScheme.Light },
        { 390, ColorScheme.Dark },
    };

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task Every_view_can_be_read_in_the_other_theme(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await stage.CreateFileAsync("alpha");
        await stage.CreateAsync("omega-broken", ("connector.class", "FileStreamSink"), ("file", "/no/such/directory/file"));
        await using var open = await browser.OpenAsync(stage.Address, "#/", width, scheme);
        await Expect(open.Row("omega-broken")).ToContainTextAsync("Destination missing");
        await open.LookAsync($"list-{width}-{scheme}");
        await open.GoAsync("#/c/omega-broken");
        await Expect(open.Page.Locator(".problem")).ToContainTextAsync("What to do");
        await open.LookAsync($"connector-{width}-{scheme}");
        await open.GoAsync("#/c/alpha/edit");
        await Expect(open.Page.GetByText("No errors.")).ToBeVisibleAsync();
        await open.LookAsync($"edit-{width}-{scheme}");
        await open.GoAsync("#/cluster");
        await Expect(open.Page.GetByText("cores").First).ToBeVisibleAsync();
        await open.LookAsync($"cluster-{width}-{scheme}");
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task All_connectors_are_listed_abnormal_first_and_followed_without_a_reload(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await stage.CreateFileAsync("alpha");
        await stage.CreateAsync("omega-broken", ("connector.class", "FileStreamSink"), ("file", "/no/such/directory/file"));
        await stage.Rest.WaitUntilRunningAsync("alpha", 1);
        await using var open = await browser.OpenAsync(stage.Address, "#/", width, scheme);

        await Expect(open.Row("omega-broken")).ToContainTextAsync("Unhealthy");
        await Expect(open.Row("omega-broken")).ToContainTextAsync("Destination missing");
        await Expect(open.Row("alpha")).ToContainTextAsync("Healthy");
        await Expect(open.Page.Locator("tr.row").First).ToContainTextAsync("omega-broken");
        await open.LookAsync($"list-{width}-{scheme}");

        // Live, without a reload.
        await open.Page.EvaluateAsync("window.sameDocument = true");
        await stage.ProduceAsync(300);
        await stage.CreateFileAsync("beta");
        await Expect(open.Row("beta")).ToContainTextAsync("Healthy");
        await Expect(open.Row("alpha")).ToContainTextAsync(new Regex(@"\d m?s / \d"));
        Assert.True(await open.Page.EvaluateAsync<bool>("window.sameDocument"));

        await open.Page.GetByRole(AriaRole.Searchbox).FillAsync("ALPH");
        await Expect(open.Page.Locator("tr.row")).ToHaveCountAsync(1);
        await open.Page.GetByRole(AriaRole.Searchbox).FillAsync("nothing like that");
        await Expect(open.Page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await open.Button("Show all").ClickAsync();
        await Expect(open.Page.Locator("tr.row")).ToHaveCountAsync(3);
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Unhealthy" }).ClickAsync();
        await Expect(open.Page.Locator("tr.row")).ToHaveCountAsync(1);
        Assert.Contains("health=UNHEALTHY", open.Page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Connectors_are_paused_resumed_restarted_and_stopped_alone_and_together(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await stage.CreateFileAsync("one");
        await stage.CreateFileAsync("two");
        await stage.Rest.WaitUntilRunningAsync("two", 1);
        await using var open = await browser.OpenAsync(stage.Address, "#/", width, scheme);

        await open.Button("Pause one").ClickAsync();
        await open.ToastAsync("“one” was paused.");
        await StateIsAsync(stage, "one", "PAUSED");
        await open.Button("Resume one").ClickAsync();
        await StateIsAsync(stage, "one", "RUNNING");
        await open.Button("Restart one and its tasks").ClickAsync();
        await open.ToastAsync("“one” was restarted.");

        await open.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Select one" }).CheckAsync();
        await open.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Select two" }).CheckAsync();
        await open.Button("Stop").ClickAsync();
        await open.InDialog("Cancel").ClickAsync();
        await StateIsAsync(stage, "two", "RUNNING");
        await open.Button("Stop").ClickAsync();
        await open.InDialog("Stop").ClickAsync();
        await StateIsAsync(stage, "one", "STOPPED");
        await StateIsAsync(stage, "two", "STOPPED");
        await Expect(open.Row("two")).ToContainTextAsync("Stopped");
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task A_connector_shows_its_trouble_graphs_tasks_partitions_configuration_and_history(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        await stage.CreateAsync(
            "to-customer", ("connector.class", "HttpSink"), ("http.url", receiver.Address), ("tasks.max", "2"), ("http.authorization.type", "static"),
            ("http.headers.authorization", "Bearer s3cret-value"));
        await stage.ProduceAsync(30);
        await using var open = await browser.OpenAsync(stage.Address, "#/c/to-customer", width, scheme);

        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "to-customer" })).ToBeVisibleAsync();
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = "Partitions" }).Locator("tbody tr")).ToHaveCountAsync(Stage.Partitions);
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = "Tasks" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = "Configuration" })).ToContainTextAsync("http.headers.authorization");
        Assert.DoesNotContain("s3cret-value", await open.Page.ContentAsync(), StringComparison.Ordinal);
        await Expect(open.Page.GetByRole(AriaRole.Img, new() { Name = "Records: now in" })).ToBeVisibleAsync();
        await open.LookAsync($"connector-{width}-{scheme}");

        receiver.Answer(403);
        await stage.ProduceAsync(30);
        await Expect(open.Page.Locator(".problem")).ToContainTextAsync("Credentials not accepted");
        await Expect(open.Page.Locator(".problem")).ToContainTextAsync("What to do");
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("Failed");
        await open.LookAsync($"connector-unhealthy-{width}-{scheme}");

        await open.Button("Restart task 0").ClickAsync();
        await open.ToastAsync("Task 0 was restarted.");
        receiver.Answer(200);
        await Expect(open.Page.Locator(".problem")).Not.ToBeVisibleAsync(new() { Timeout = 60_000 });

        await open.Button("Delete").ClickAsync();
        await Expect(open.InDialog("Delete")).ToBeDisabledAsync();
        await open.Page.GetByLabel("Type to-customer to confirm").FillAsync("to-customer");
        await open.InDialog("Delete").ClickAsync();
        await open.ToastAsync("“to-customer” was deleted.");
        await Expect(open.Page.GetByText("No connectors yet")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await stage.Http.GetAsync("/connectors/to-customer")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task A_connector_is_created_and_edited_with_errors_at_the_keys_and_a_preview(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await stage.ProduceAsync(3, i => $$"""{"id":{{i}}}""");
        var file = Path.Combine(stage.Directory, "made.txt");
        await using var open = await browser.OpenAsync(stage.Address, "#/new", width, scheme);

        await open.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("made-here");
        await open.Page.GetByLabel("Destination").SelectOptionAsync(new SelectOptionValue { Label = "FileStream" });
        await Expect(open.Page.Locator("[data-field=file] .errors[id]")).ToContainTextAsync("Missing required configuration");
        await open.LookAsync($"new-{width}-{scheme}");
        await open.Page.Locator("[data-name=file]").FillAsync(file);
        await open.Page.Locator("[data-name=topics]").FillAsync(Stage.Topic);
        await open.Page.Locator("[data-name='tasks.max']").FillAsync("0");
        await Expect(open.Page.Locator("[data-field='tasks.max'] .errors[id]")).ToContainTextAsync("at least 1");
        await open.Page.Locator("[data-name='tasks.max']").FillAsync("1");
        await Expect(open.Page.GetByText("No errors.")).ToBeVisibleAsync();

        // The rest as JSON, which the form then has as well.
        await open.Page.GetByRole(AriaRole.Tab, new() { Name = "JSON" }).ClickAsync();
        var json = JsonSerializer.Deserialize<Dictionary<string, string>>(await open.Page.GetByLabel("Configuration as JSON").InputValueAsync())!;
        Assert.Equal(file, json["file"]);
        json["value.converter"] = "org.apache.kafka.connect.json.JsonConverter";
        json["value.converter.schemas.enable"] = "false";
        json["transforms"] = "wrap";
        json["transforms.wrap.type"] = "org.apache.kafka.connect.transforms.HoistField$Value";
        json["transforms.wrap.field"] = "wrapped";
        await open.Page.GetByLabel("Configuration as JSON").FillAsync(JsonSerializer.Serialize(json));
        await open.Page.GetByRole(AriaRole.Tab, new() { Name = "Form" }).ClickAsync();
        await Expect(open.Page.Locator("[data-name='transforms.wrap.field']")).ToHaveValueAsync("wrapped");
        await open.Button("Preview").ClickAsync();
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = "Preview" })).ToContainTextAsync("\"wrapped\"");
        await open.LookAsync($"preview-{width}-{scheme}");
        await open.Button("Check the destination").ClickAsync();
        await Expect(open.Page.GetByText("The destination accepts it.")).ToBeVisibleAsync();
        await open.Button("Create").ClickAsync();
        await open.ToastAsync("“made-here” was created.");
        await Waiting.UntilAsync("the records have arrived", () => Stage.LinesOf(file) == 3);
        Assert.Contains("""{"wrapped":{"id":0}}""", await File.ReadAllLinesAsync(file));

        await open.GoAsync("#/c/made-here/edit");
        await open.Page.Locator("[data-name='transforms.wrap.field']").FillAsync("inside");
        await open.Button("Save").ClickAsync();
        await open.ToastAsync("“made-here” was saved");
        var config = await stage.Http.GetFromJsonAsync<Dictionary<string, string>>("/connectors/made-here/config");
        Assert.Equal("inside", config!["transforms.wrap.field"]);
        Assert.Equal("1", config["tasks.max"]);

        // A name that is taken is told where it was asked for.
        await open.GoAsync("#/new");
        await open.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("made-here");
        await open.Page.GetByLabel("Destination").SelectOptionAsync(new SelectOptionValue { Label = "FileStream" });
        await open.Page.Locator("[data-name=file]").FillAsync(file + "2");
        await open.Page.Locator("[data-name=topics]").FillAsync(Stage.Topic);
        await open.Button("Create").ClickAsync();
        await Expect(open.Page.GetByText("Connector made-here already exists")).ToBeVisibleAsync();
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Offsets_are_changed_to_the_earliest_the_latest_a_time_and_numbers(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await stage.ProduceAsync(30);
        var file = await stage.CreateFileAsync("again");
        await Waiting.UntilAsync("the records have arrived", () => Stage.LinesOf(file) == 30);
        await Waiting.UntilAsync("their offsets are stored", async () => (await stage.Rest.OffsetsAsync("again")).Values.Sum() == 30);
        await using var open = await browser.OpenAsync(stage.Address, "#/c/again", width, scheme);

        await OpenAsync();
        await open.Page.GetByText("the first record that there is").ClickAsync();
        await Expect(open.Page.Locator("dialog tbody tr")).ToHaveCountAsync(Stage.Partitions);
        await open.LookAsync($"offsets-{width}-{scheme}");
        await ChangeAsync();
        await Waiting.UntilAsync("they have arrived again", () => Stage.LinesOf(file) == 60);
        await Waiting.UntilAsync("their offsets are stored", async () => (await stage.Rest.OffsetsAsync("again")).Values.Sum() == 30);

        await OpenAsync();
        await open.Page.GetByText("offsets given for each partition").ClickAsync();
        await open.Page.GetByLabel($"Offset of {Stage.Topic}-1").FillAsync("7");
        await ChangeAsync();
        await Waiting.UntilAsync("three more have arrived", () => Stage.LinesOf(file) == 63);
        await Waiting.UntilAsync("their offsets are stored", async () => (await stage.Rest.OffsetsAsync("again")).Values.Sum() == 30);

        await OpenAsync();
        await open.Page.GetByText("the first record from").ClickAsync();
        await open.Page.GetByRole(AriaRole.Textbox, new() { Name = "Time" }).FillAsync("2100-01-01T00:00:01");
        await Expect(open.Page.Locator("dialog tbody tr").First).ToContainTextAsync("10");
        await ChangeAsync();
        await OpenAsync();
        await open.Page.GetByText("the next record that is written").ClickAsync();
        await Expect(open.Page.Locator("dialog tbody tr").First).ToContainTextAsync("10");
        await ChangeAsync();
        await StateIsAsync(stage, "again", "RUNNING");
        await stage.ProduceAsync(3);
        await Waiting.UntilAsync("new ones arrive", () => Stage.LinesOf(file) == 66);

        async Task OpenAsync()
        {
            await open.Button("Change offsets").First.ClickAsync();
            await Expect(open.Page.Locator("dialog[open]")).ToBeVisibleAsync();
        }

        async Task ChangeAsync()
        {
            await open.InDialog("Change offsets").ClickAsync();
            await Expect(open.Page.Locator("dialog[open]")).Not.ToBeVisibleAsync();
            await Expect(open.Page.Locator(".toast.bad")).Not.ToBeVisibleAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task The_cluster_shows_its_workers_and_a_worker_that_is_gone_is_told(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.StartAsync();
        await using var open = await browser.OpenAsync(stage.Address, "#/cluster", width, scheme);
        await Expect(open.Page.GetByRole(AriaRole.Region, new() { Name = $"Worker 127.0.0.1:{stage.Address.Port}" })).ToContainTextAsync("cores");
        await open.LookAsync($"cluster-{width}-{scheme}");
        await stage.Worker.KillAsync();
        await Expect(open.Page.Locator("#live")).ToContainTextAsync("No answer");
        await stage.Worker.StartAsync();
        await Expect(open.Page.Locator("#live")).ToHaveTextAsync("Live");
    }

    [Fact]
    public async Task It_is_used_by_keyboard_alone()
    {
        await using var stage = await Stage.StartAsync();
        await stage.CreateFileAsync("first");
        await stage.CreateFileAsync("second");
        await using var open = await browser.OpenAsync(stage.Address, "#/?sort=name");
        await Expect(open.Row("second")).ToBeVisibleAsync();
        var keyboard = open.Page.Keyboard;
        await keyboard.PressAsync("/");
        await keyboard.TypeAsync("sec");
        await Expect(open.Page.Locator("tr.row")).ToHaveCountAsync(1);
        await open.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await Expect(open.Page.Locator("tr.row")).ToHaveCountAsync(2);
        await open.Page.GetByRole(AriaRole.Searchbox).BlurAsync();
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("j");
        await Expect(open.Row("second")).ToBeFocusedAsync();
        // What is shown anew meanwhile takes the focus from nobody.
        await stage.CreateFileAsync("third");
        await Expect(open.Row("third")).ToBeVisibleAsync();
        await Expect(open.Row("second")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Name = "second" })).ToBeVisibleAsync();
        await keyboard.PressAsync("?");
        await Expect(open.Page.Locator("dialog[open]")).ToContainTextAsync("Keyboard");
        await keyboard.PressAsync("Escape");
        await Expect(open.Page.Locator("dialog[open]")).Not.ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_theme_is_switched_and_remembered()
    {
        await using var stage = await Stage.StartAsync();
        await using var open = await browser.OpenAsync(stage.Address, "#/");
        await Expect(open.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await open.Button("Switch between light and dark").ClickAsync();
        await open.Page.ReloadAsync();
        await Expect(open.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    private static Task StateIsAsync(Stage stage, string connector, string state)
        => Waiting.UntilAsync($"{connector} is {state}", async () => await stage.StateAsync(connector) == state);
}
