using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.WebTests;

/// <summary>A headless Chromium with a profile of its own.</summary>
sealed class Browser : IDisposable
{
    readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("readonlyguard-browser-");
    readonly ChromeDriverService _service;
    readonly ChromeDriver _driver;

    public Browser(int width, int height)
    {
        var options = new ChromeOptions { BinaryLocation = Installed("READONLYGUARD_CHROMIUM", "chromium", "chromium-browser", "google-chrome") };
        options.AddArguments(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--user-data-dir={_profile.FullName}", $"--window-size={width},{height}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.Severe);
        _service = ChromeDriverService.CreateDefaultService(Installed("READONLYGUARD_CHROMEDRIVER", "chromedriver"));
        _service.SuppressInitialDiagnosticInformation = true;
        _driver = new(_service, options);
    }

    public void Open(string url) => _driver.Navigate().GoToUrl(url);

    public void Click(string selector) => _driver.FindElement(By.CssSelector(selector)).Click();

    public string Text(string selector) => Script<string>($"return document.querySelector('{selector}')?.textContent ?? ''");

    public long Count(string selector) => Script<long>($"return Number(document.querySelector('{selector}')?.dataset.count ?? 0)");

    public T Script<T>(string script) => (T)_driver.ExecuteScript(script)!;

    public Task HoldsAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, what, TimeSpan.FromSeconds(30));

    /// <summary>What the page wrote to the console that is an error.</summary>
    public IReadOnlyList<string> Errors() => [.. _driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message)];

    public void SaveScreenshot(string file) => _driver.GetScreenshot().SaveAsFile(file);

    static string Installed(string variable, params string[] names)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given
            : names.SelectMany(name => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"No {names[0]} was found: run build/browser, or name one in {variable}.");

    public void Dispose()
    {
        _driver.Quit();
        _driver.Dispose();
        _service.Dispose();
        _profile.Delete(recursive: true);
    }
}
