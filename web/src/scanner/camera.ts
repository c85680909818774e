// The camera that looks away from the holder, as long as a page looks through it.
export type CameraState = "waits" | "sees" | "refused" | "none";

export interface Camera {
  /** Stops the camera: its light goes out. */
  stop(): void;
}

function nameOf(error: unknown): CameraState {
  return error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none";
}

/** Shows the camera in `video` and says how it goes. */
export function openCamera(video: HTMLVideoElement, say: (state: CameraState) => void): Camera {
  let stream: MediaStream | null = null;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  const start = async () => {
    say("waits");
    // Without a secure place there is no such interface at all.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) return say("none");
    try {
      stream = await devices.getUserMedia({
        audio: false,
        video: {facingMode: {ideal: "environment"}, width: {ideal: 1280}, height: {ideal: 720}},
      });
      if (isStopped) return stop();
      video.srcObject = stream;
      await video.play();
      if (!isStopped) say("sees");
    } catch (error) {
      if (!isStopped) say(nameOf(error));
    }
  };
  void start();
  return {stop};
}
