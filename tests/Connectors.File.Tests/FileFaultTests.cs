using System.Diagnostics;
using System.Runtime.InteropServices;
using Exports.Connectors.Sdk;
using Microsoft.Win32.SafeHandles;
using IOFile = System.IO.File;

namespace Exports.Connectors.File.Tests;

public sealed class FileFaultTests : FileSinkFixture
{
    private readonly List<string> _mounts = [];

    public override async ValueTask DisposeAsync()
    {
        foreach (var mount in _mounts)
            Run("umount", "-l", mount);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_missing_directory_is_named_and_not_made()
    {
        var error = await Assert.ThrowsAsync<ConnectException>(() => StartAsync(In("no/such/out.jsonl")));

        Assert.StartsWith($"The file {In("no/such/out.jsonl")} cannot be opened: {In("no/such")} is not a directory that " +
            $"exists.", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("no")));
    }

    [Fact]
    public async Task A_path_below_a_file_and_the_path_of_a_directory_are_refused()
    {
        await IOFile.WriteAllTextAsync(In("file"), "");
        Directory.CreateDirectory(In("folder"));

        Assert.Contains($"{In("file")} is not a directory",
            (await Assert.ThrowsAsync<ConnectException>(() => StartAsync(In("file/out.jsonl")))).Message);
        Assert.Contains("it is a directory",
            (await Assert.ThrowsAsync<ConnectException>(() => StartAsync(In("folder")))).Message);
    }

    [Fact]
    public async Task A_start_that_failed_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<ConnectException>(() => StartAsync(In("later/out.jsonl")));
        Directory.CreateDirectory(In("later"));

        await PutAsync(await StartAsync(In("later/out.jsonl")), "now");

        Assert.Equal("now\n", await IOFile.ReadAllTextAsync(In("later/out.jsonl")));
    }

    [Fact]
    public async Task A_device_without_room_asks_for_a_retry()
    {
        Assert.SkipUnless(IOFile.Exists("/dev/full"), "There is no /dev/full here.");
        var task = await StartAsync("/dev/full");

        var error = await Assert.ThrowsAsync<RetriableException>(() => PutAsync(task, "x"));

        Assert.Equal("The file /dev/full cannot be written: the disk is full or the quota is used up.", error.Message);
    }

    [Fact]
    public async Task A_pipe_can_be_written_to()
    {
        Assert.SkipUnless(Run("mkfifo", In("pipe")), "A pipe cannot be made here.");
        var reader = Task.Run(() => IOFile.ReadLines(In("pipe")).Take(2).ToList());
        var task = await StartAsync(In("pipe"));

        await PutAsync(task, "one", "two");
        await FlushAsync(task);

        Assert.Equal(["one", "two"], await reader.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_full_disk_keeps_whole_lines_and_what_did_not_fit_is_delivered_later()
    {
        var disk = Mount("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        var target = Path.Combine(disk, "out.jsonl");
        var filler = Path.Combine(disk, "filler");
        await IOFile.WriteAllBytesAsync(filler, new byte[700_000]);
        var task = await StartAsync(target);
        await PutAsync(task, "first");
        var large = Enumerable.Range(0, 100).Select(i => $"{i}:{new string('x', 6000)}").ToArray();

        // Some of these fit, which makes the write a partial one.
        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(task, large));
        Assert.Equal("first\n", await IOFile.ReadAllTextAsync(target));
        await PutAsync(task, "small fits");
        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(task, large));
        await FlushAsync(task);
        IOFile.Delete(filler);
        await PutAsync(task, large);
        await FlushAsync(task);

        Assert.Equal(["first", "small fits", .. large], IOFile.ReadLines(target));
    }

    [Fact]
    public async Task A_full_disk_at_rotation_loses_nothing()
    {
        var disk = Mount("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        var target = Path.Combine(disk, "out.jsonl");
        var filler = Path.Combine(disk, "filler");
        await IOFile.WriteAllBytesAsync(filler, new byte[900_000]);
        var task = await StartAsync(target, ("file.rotate.bytes", "20000"));
        var values = Enumerable.Range(0, 40).Select(i => $"{i:D2}:{new string('x', 6000)}").ToArray();

        await Assert.ThrowsAsync<RetriableException>(() => PutAsync(task, values));
        IOFile.Delete(filler);
        await PutAsync(task, values);
        await FlushAsync(task);

        var lines = Directory.GetFiles(disk).Order(StringComparer.Ordinal).SelectMany(IOFile.ReadLines).ToList();
        Assert.All(lines, line => Assert.Contains(line, values));
        Assert.Equal(values, lines.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_read_only_disk_is_named()
    {
        var disk = Mount("-t", "tmpfs", "-o", "size=1m,ro", "tmpfs");

        var error = await Assert.ThrowsAsync<ConnectException>(() => StartAsync(Path.Combine(disk, "out.jsonl")));

        Assert.StartsWith($"The file {disk}/out.jsonl cannot be opened: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("ead-only", error.Message);
    }

    [Fact]
    public async Task A_file_deleted_under_the_task_fails_it_so_that_its_records_are_delivered_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        var task = await StartAsync();
        var sibling = await StartAsync();
        await PutAsync(task, "flushed");
        await FlushAsync(task);
        await PutAsync(task, "lost");
        IOFile.Delete(Target);

        var error = await Assert.ThrowsAsync<ConnectException>(() => FlushAsync(task));
        Assert.Contains($"{Target} was deleted while it was being written", error.Message);
        await Assert.ThrowsAsync<ConnectException>(() => PutAsync(task, "x"));
        await Assert.ThrowsAsync<ConnectException>(() => FlushAsync(sibling));
        await StopAsync(task);

        // Siblings that have not stopped yet do not keep a new task from a new file.
        var next = await StartAsync();
        await PutAsync(next, "lost");
        await FlushAsync(next);
        await StopAsync(sibling);
        await PutAsync(next, "and more");
        Assert.Equal("lost\nand more\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_file_renamed_from_outside_is_followed_by_a_new_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        var task = await StartAsync(("file.fsync", "false"));
        await PutAsync(task, "before");
        IOFile.Move(Target, In("moved"));
        await PutAsync(task, "between");
        await FlushAsync(task);
        await PutAsync(task, "after");
        await FlushAsync(task);

        Assert.Equal("before\nbetween\n", await IOFile.ReadAllTextAsync(In("moved")));
        Assert.Equal("after\n", await IOFile.ReadAllTextAsync(Target));
        Assert.Contains("was renamed to", Assert.Single(Logger.Lines));
    }

    [Fact]
    public async Task A_file_renamed_from_outside_is_not_renamed_again_at_its_size()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        var task = await StartAsync(("file.rotate.bytes", "7"));
        await PutAsync(task, "before");
        IOFile.Move(Target, In("moved"));
        await PutAsync(task, "after", "last");
        await FlushAsync(task);

        Assert.Equal("before\n", await IOFile.ReadAllTextAsync(In("moved")));
        Assert.Equal("after\n", await IOFile.ReadAllTextAsync(In("out.jsonl.000001")));
        Assert.Equal("last\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_file_truncated_from_outside_is_written_on_from_its_new_end()
    {
        var task = await StartAsync();
        await PutAsync(task, "copied away");
        await IOFile.WriteAllTextAsync(Target, "");
        await PutAsync(task, "next");

        Assert.Equal("next\n", await IOFile.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_file_that_another_process_writes_to_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "The lock below is that of 64-bit Linux.");
        await IOFile.WriteAllTextAsync(Target, "");
        using (var other = IOFile.OpenHandle(Target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            OtherLock.Take(other);
            var error = await Assert.ThrowsAsync<RetriableException>(() => StartAsync());
            Assert.Equal($"The file {Target} cannot be opened: another process writes to it.", error.Message);
        }

        await PutAsync(await StartAsync(), "free again");
    }

    [Fact]
    public async Task Readers_are_not_locked_out()
    {
        var task = await StartAsync();
        await PutAsync(task, "x");

        using var reader = new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Equal(2, reader.Length);
    }

    private string Mount(params string[] arguments)
    {
        var folder = In($"disk{_mounts.Count}");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", [.. arguments, folder]),
            "A file system cannot be mounted here.");
        _mounts.Add(folder);
        return folder;
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>A lock that belongs to an open file rather than to this process, so that it stands for another's.</summary>
    private static class OtherLock
    {
        private const int SetLock = 37; // F_OFD_SETLK

        public static void Take(SafeFileHandle file)
        {
            var range = new Range { Type = 1 /* F_WRLCK */ };
            Assert.Equal(0, Control(file.DangerousGetHandle().ToInt32(), SetLock, ref range));
        }

        [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        private static extern int Control(int file, int command, ref Range range);

        [StructLayout(LayoutKind.Sequential)]
        private struct Range
        {
            public short Type;
            public short Whence;
            public long Start;
            public long Length;
            public int Process;
        }
    }
}
